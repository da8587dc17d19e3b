package sync

import (
	"syncer/internal/xvid"
	"syncer/schema"
)

// driftTime is the drift of a time that the mirror cannot hold.
const driftTime = "time out of range"

// flattener makes rows of readings. The rows' children live in its memory, which
// is used again after a reset.
type flattener struct {
	extracted []schema.Extracted
	access    []schema.Access
	drift     []xvid.Drift // of the record in hand
}

// reset makes room for other rows.
func (f *flattener) reset() { f.extracted, f.access = f.extracted[:0], f.access[:0] }

// flatten makes the row of one reading: children become lists that name their
// places in the record. What the row cannot hold is left out of its column and
// noted as drift; raw has it all.
func (f *flattener) flatten(b *xvid.Backtrace) (schema.Backtrace, []xvid.Drift) {
	f.drift = b.Drift
	row := schema.Backtrace{
		ID:                  b.ID,
		Status:              b.Status,
		PercentageCompleted: b.PercentageCompleted,
		InputName:           b.InputName,
		PipelineID:          b.PipelineID,
		FileID:              b.FileID,
		JobID:               b.JobID,
		ApplicationID:       b.ApplicationID,
		UserID:              b.UserID,
		ErrorCode:           b.ErrorCode,
		ErrorMsg:            b.ErrorMsg,
		SourceVersion:       b.Version,
		CreatedAt:           f.timeOrZero("created_at", b.CreatedAt),
		UpdatedAt:           f.timeOrZero("updated_at", b.UpdatedAt),
		FinishedAt:          f.time("finished_at", b.FinishedAt),
		Raw:                 b.Raw,
		ContentHash:         contentHash(b),
	}
	tags, accesses := len(f.extracted), len(f.access)
	for i := range b.ExtractedData {
		f.extract(uint32(i), &b.ExtractedData[i])
	}
	row.Extracted = f.extracted[tags:len(f.extracted):len(f.extracted)]
	row.Access = f.access[accesses:len(f.access):len(f.access)]
	return row, f.drift
}

// extract appends a tag and its accesses.
func (f *flattener) extract(index uint32, e *xvid.Extracted) {
	f.extracted = append(f.extracted, schema.Extracted{
		Index:        index,
		AutographTag: e.AutographTag,
		AccessCount:  uint32(len(e.AccessStats)), //nolint:gosec // a body of 512 MiB holds fewer than 2^32 elements
	})
	for i := range e.AccessStats {
		a := &e.AccessStats[i]
		f.access = append(f.access, schema.Access{
			ExtractedIndex:     index,
			Index:              uint32(i),
			AutographTag:       e.AutographTag,
			IPAddress:          a.IPAddress,
			IPCountry:          a.IPCountry,
			IPType:             a.IPType,
			UserAgent:          a.UserAgent,
			AcceptLanguage:     a.AcceptLanguage,
			FirstAccessedAt:    f.time("extracted_data[].access_stats[].first_accessed_at", a.FirstAccessedAt),
			PercentageObtained: a.PercentageObtained,
			HighestResolution:  a.HighestResolution,
			StreamingOnly:      a.StreamingOnly,
		})
	}
}

// time is nil for a time that does not fit.
func (f *flattener) time(path string, millis *int64) *int64 {
	if millis == nil || schema.TimeFits(*millis) {
		return millis
	}
	f.drift = append(f.drift, xvid.Drift{Path: path, Kind: driftTime})
	return nil
}

// timeOrZero is 1970-01-01 for a time that is missing or does not fit.
func (f *flattener) timeOrZero(path string, millis *int64) int64 {
	if fits := f.time(path, millis); fits != nil {
		return *fits
	}
	return 0
}
