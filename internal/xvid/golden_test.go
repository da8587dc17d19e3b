package xvid

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

// The document's own samples, copied letter for letter from its text.

func leak(at int64) []Extracted {
	return []Extracted{{AutographTag: "test33", AccessStats: []Access{{
		IPAddress: "90.190.17.94", IPCountry: "Estonia", IPType: "UNK", FirstAccessedAt: &at,
		PercentageObtained: new(100.0), HighestResolution: new(uint16(352)), StreamingOnly: new(false),
	}}}}
}

func TestDecodeDocumentList(t *testing.T) {
	page, err := decodePage(response{body: xvidtest.ListResponse()})
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != 115 {
		t.Errorf("total %d, want 115", page.Total)
	}
	var document struct{ Backtraces []json.RawMessage }
	if err := json.Unmarshal(xvidtest.ListResponse(), &document); err != nil {
		t.Fatal(err)
	}
	common := Backtrace{
		Status: "SUCCESS", PercentageCompleted: new(100.0), PipelineID: "547f3eede4b025bcbff38657",
		JobID: "621127ffe4b03e4c2917fbf5", ApplicationID: "54e89692e4b069d88de25f8f", UserID: "547f3eede4b025bcbff38655",
		Version: new(int64(1)), ExtractedData: leak(1679586178400),
	}
	first, second := common, common
	first.ID, first.InputName = "641cacf9ba077b5e34e06acb", "uploads/zds7Yzgt8kV-4NwbL7Uve8ocH3Zg1Uyj/DX3_hXmBSXPR.mp4"
	first.FileID, first.Raw = "634bf2cf2e58e57387a8c668", document.Backtraces[0]
	first.CreatedAt, first.UpdatedAt, first.FinishedAt = new(int64(1679600889041)), new(int64(1679600889041)), new(int64(1679600895166))
	second.ID, second.InputName = "641c73a1aa53ed3f04c34c59", "uploads/ANa5OPwRH6pNa0uruGpSr8kXkFFBIa0x/DX3_copy.mp4"
	second.FileID, second.Raw = "621127ed633abbeb19252f9c", document.Backtraces[1]
	second.CreatedAt, second.UpdatedAt, second.FinishedAt = new(int64(1679586209879)), new(int64(1679586209879)), new(int64(1679586417112))
	// Stored with each record: another hash of the same would rewrite all of them.
	first.Hash, second.Hash = 5687519958626842717, 3106883284396231305
	if diff := cmp.Diff([]Backtrace{first, second}, page.Backtraces); diff != "" {
		t.Errorf("(-document +decoded)\n%s", diff)
	}
}

func TestDecodeDocumentRecord(t *testing.T) {
	reading, err := decodeReading(response{body: xvidtest.GetResponse()})
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Backtrace json.RawMessage }
	if err := json.Unmarshal(xvidtest.GetResponse(), &document); err != nil {
		t.Fatal(err)
	}
	want := Backtrace{
		ID: "5fa27d0de4b074c775b7d107", Status: "SUCCESS", PercentageCompleted: new(100.0),
		InputName:  "uploads/uNy8MH9vImbrJlK-R9zygHotKIvpTK2e/DX3_QLtB0fw-.mp4",
		PipelineID: "547f3eede4b025bcbff38657", FileID: "5e4ea4b9eac702dfc8bc104d", JobID: "5e4ea4c1e4b0328e395247a3",
		ApplicationID: "54e89692e4b069d88de25f8f", UserID: "547f3eede4b025bcbff38655", Version: new(int64(1)),
		CreatedAt: new(int64(1604484365237)), UpdatedAt: new(int64(1604484365237)), FinishedAt: new(int64(1604484852659)),
		ExtractedData: []Extracted{{AutographTag: "rtzu", AccessStats: []Access{{
			IPAddress: "90.191.11.199", IPCountry: "Estonia", IPType: "UNK",
			UserAgent:       "Mozilla/5.0 (Windows NT 6.3; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.75 Safari/537.36",
			AcceptLanguage:  "en-US,en;q=0.9,de;q=0.8,de-AT;q=0.7,de-DE;q=0.6,de-LI;q=0.5,de-CH;q=0.4",
			FirstAccessedAt: new(int64(1604484332000)), PercentageObtained: new(100.0),
			HighestResolution: new(uint16(352)), StreamingOnly: new(false),
		}}}},
		Raw: document.Backtrace, Hash: 7902296011576582237,
	}
	if diff := cmp.Diff(want, reading.Backtrace); diff != "" {
		t.Errorf("(-document +decoded)\n%s", diff)
	}
}
