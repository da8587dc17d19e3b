package schema

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// errNoTLS is a file for TLS where there is none.
var errNoTLS = errors.New("the DSN does not ask for TLS, with https:// or secure=true")

// UseCAFile makes connections trust the certificates of a PEM file instead of the
// system's. Of a DSN, https:// or secure=true ask for TLS, tls_server_name is the
// name to expect, and skip_verify=true expects none.
func UseCAFile(options *clickhouse.Options, path string) error {
	if options.TLS == nil {
		return errNoTLS
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("read the certificates: %w", pathless(err))
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(content) {
		return errors.New("there is no PEM certificate in the file")
	}
	options.TLS = options.TLS.Clone()
	options.TLS.RootCAs = roots
	return nil
}

// UseCertificate makes connections show a client certificate of two PEM files,
// which are read for each connection, so that a renewed one needs no restart.
func UseCertificate(options *clickhouse.Options, certificate, key string) error {
	if options.TLS == nil {
		return errNoTLS
	}
	if certificate == "" || key == "" {
		return errors.New("a client certificate needs its key, and a key its certificate")
	}
	load := func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("read the client certificate and its key: %w", pathless(err))
		}
		return &pair, nil
	}
	if _, err := load(); err != nil {
		return err
	}
	options.TLS = options.TLS.Clone()
	options.TLS.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return load() }
	return nil
}

// pathless is an error without the path of a file, which may be a secret put
// into the wrong variable.
func pathless(err error) error {
	if failed, ok := errors.AsType[*os.PathError](err); ok {
		return failed.Err
	}
	return err
}
