package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// unpack writes one member of a .tar.gz archive to target.
func unpack(archive, member, target string) error {
	file, err := os.Open(archive)
	if err != nil {
		return fmt.Errorf("open the package: %w", err)
	}
	defer func() { _ = file.Close() }()
	content, err := seekMember(file, member)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create the library: %w", err)
	}
	_, err = io.Copy(out, content)
	// Synced before it gets its name: a power cut must not leave half of it.
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("unpack %s: %w", member, err)
	}
	return nil
}

// seekMember gives the content of an archive's member.
func seekMember(archive io.Reader, member string) (io.Reader, error) {
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		return nil, fmt.Errorf("read the package: %w", err)
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("the package has no %s", member)
		}
		if err != nil {
			return nil, fmt.Errorf("read the package: %w", err)
		}
		if header.Name == member && header.Typeflag == tar.TypeReg {
			return files, nil
		}
	}
}
