package sync

import (
	"context"
	"fmt"
	"slices"

	"syncer/internal/privacy"
	"syncer/internal/xvid"
	"syncer/schema"
)

// learnForgotten tells the policy which tags are to be forgotten. The run is
// recorded by then: whoever puts a tag on the list waits for the runs that were
// recorded before, so none with an older list is overlooked.
func (r *run) learnForgotten(ctx context.Context) (err error) {
	if r.Policy == nil {
		return nil
	}
	if r.forgotten, err = r.Mirror.ForgottenTags(ctx); err != nil {
		return err
	}
	tags, err := parseHashes(r.forgotten)
	if err != nil {
		return err
	}
	r.Policy.Forget(tags)
	return nil
}

func parseHashes(hashes []string) (tags []privacy.TagHash, err error) {
	for _, hash := range hashes {
		tag, err := privacy.ParseTagHash(hash)
		if err != nil {
			return nil, fmt.Errorf("read the list of forgotten tags: %w", err)
		}
		tags = append(tags, tag)
	}
	return tags, nil
}

// forgetAgain stores readings without forgotten tags above those that have some,
// if there may be such: this run began before a tag was put on the list, or one
// did that never came to its end.
func (r *run) forgetAgain(ctx context.Context, unrefreshed []schema.Run) error {
	if r.Policy == nil {
		return nil
	}
	hashes, err := r.Mirror.ForgottenTags(ctx)
	if err != nil {
		return err
	}
	unknown := slices.ContainsFunc(hashes, func(hash string) bool { return !slices.Contains(r.forgotten, hash) })
	if len(hashes) == 0 || !unknown && len(unrefreshed) == 0 {
		return nil
	}
	return r.storer.withoutTags(ctx, hashes)
}

// heldReadings bounds how many readings are held at a time.
const heldReadings = 500

// withoutTags stores, above each current reading in which there are tags, the
// same reading without them, made from its raw JSON: the source need not be asked.
func (s *storer) withoutTags(ctx context.Context, hashes []string) error {
	policy, err := forgetting(hashes)
	if err != nil {
		return err
	}
	for after := ""; ; {
		held, err := s.mirror.HoldingTags(ctx, hashes, after, heldReadings)
		if err != nil || len(held) == 0 {
			return err
		}
		rows := make([]schema.Backtrace, len(held))
		for i := range held {
			if rows[i], err = s.rewritten(&held[i], policy); err != nil {
				return fmt.Errorf("forget in backtrace %s: %w", held[i].ID, err)
			}
		}
		if err := s.write(ctx, rows); err != nil {
			return err
		}
		s.count.changed += uint64(len(rows))
		after = held[len(held)-1].ID
	}
}

// forgetting is a policy that only forgets: what the mirror holds went through
// the settings' own when it was read.
func forgetting(hashes []string) (*privacy.Policy, error) {
	tags, err := parseHashes(hashes)
	if err != nil {
		return nil, err
	}
	policy, err := privacy.New(privacy.Keep, nil)
	if err != nil {
		return nil, err
	}
	policy.Forget(tags)
	return policy, nil
}

func (s *storer) rewritten(held *schema.HeldReading, policy *privacy.Policy) (schema.Backtrace, error) {
	raw, err := policy.Rewrite([]byte(held.Raw))
	if err != nil {
		return schema.Backtrace{}, err
	}
	backtrace, err := xvid.DecodeRecord(raw)
	if err != nil {
		return schema.Backtrace{}, err
	}
	return s.reading(backtrace, held.Version+1).row, nil
}
