package xvidtest

// Samples returns the document's three records: the two of its list in ascending
// order of time, after the one it fetches by id.
func Samples() []Backtrace {
	return []Backtrace{fetchedSample(), olderListedSample(), newerListedSample()}
}

func fetchedSample() Backtrace {
	b := sample("5fa27d0de4b074c775b7d107", 1604484365237, 1604484852659)
	b.InputName = "uploads/uNy8MH9vImbrJlK-R9zygHotKIvpTK2e/DX3_QLtB0fw-.mp4"
	b.FileID = "5e4ea4b9eac702dfc8bc104d"
	b.JobID = "5e4ea4c1e4b0328e395247a3"
	b.ExtractedData = []Extracted{{AutographTag: "rtzu", AccessStats: []Access{{
		IPAddress: "90.191.11.199", IPCountry: "Estonia", IPType: "UNK",
		UserAgent: "Mozilla/5.0 (Windows NT 6.3; Win64; x64) AppleWebKit/537.36 " +
			"(KHTML, like Gecko) Chrome/86.0.4240.75 Safari/537.36",
		AcceptLanguage:  "en-US,en;q=0.9,de;q=0.8,de-AT;q=0.7,de-DE;q=0.6,de-LI;q=0.5,de-CH;q=0.4",
		FirstAccessedAt: new(int64(1604484332000)), PercentageObtained: "100%",
		HighestResolution: "352p", StreamingOnly: "no",
	}}}}
	return b
}

func olderListedSample() Backtrace {
	b := sample("641c73a1aa53ed3f04c34c59", 1679586209879, 1679586417112)
	b.InputName = "uploads/ANa5OPwRH6pNa0uruGpSr8kXkFFBIa0x/DX3_copy.mp4"
	b.FileID = "621127ed633abbeb19252f9c"
	b.JobID = "621127ffe4b03e4c2917fbf5"
	b.ExtractedData = test33()
	return b
}

func newerListedSample() Backtrace {
	b := sample("641cacf9ba077b5e34e06acb", 1679600889041, 1679600895166)
	b.InputName = "uploads/zds7Yzgt8kV-4NwbL7Uve8ocH3Zg1Uyj/DX3_hXmBSXPR.mp4"
	b.FileID = "634bf2cf2e58e57387a8c668"
	b.JobID = "621127ffe4b03e4c2917fbf5"
	b.ExtractedData = test33()
	return b
}

// sample is what the three have in common.
func sample(id string, createdAt, finishedAt int64) Backtrace {
	return Backtrace{
		ID: id, Status: "SUCCESS", PercentageCompleted: new(100.0), Version: 1,
		PipelineID:    "547f3eede4b025bcbff38657",
		ApplicationID: "54e89692e4b069d88de25f8f",
		UserID:        "547f3eede4b025bcbff38655",
		CreatedAt:     createdAt, UpdatedAt: createdAt, FinishedAt: &finishedAt,
	}
}

func test33() []Extracted {
	return []Extracted{{AutographTag: "test33", AccessStats: []Access{{
		IPAddress: "90.190.17.94", IPCountry: "Estonia", IPType: "UNK",
		UserAgent: "N/A", AcceptLanguage: "N/A", FirstAccessedAt: new(int64(1679586178400)),
		PercentageObtained: "100%", HighestResolution: "352p", StreamingOnly: "no",
	}}}}
}
