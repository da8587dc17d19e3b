package main

import (
	"strconv"
	"strings"
	"time"
)

type page struct {
	Backtraces []backtrace `json:"backtraces"`
	Total      int64       `json:"total"`
}

type reference struct {
	ID string `json:"id"`
}

type backtrace struct {
	ID    string `json:"id"`
	Input struct {
		InputName string `json:"input_name"`
	} `json:"input"`
	Pipeline      reference `json:"pipeline"`
	File          reference `json:"file"`
	Job           reference `json:"job"`
	Application   reference `json:"application"`
	User          reference `json:"user"`
	Status        string    `json:"status"`
	CreatedAt     int64     `json:"created_at"`
	ExtractedData []struct {
		AutographTag string   `json:"autograph_tag"`
		AccessStats  []access `json:"access_stats"`
	} `json:"extracted_data"`
}

type access struct {
	IPAddress          string `json:"ip_address"`
	IPCountry          string `json:"ip_country"`
	IPType             string `json:"ip_type"`
	UserAgent          string `json:"user_agent"`
	AcceptLanguage     string `json:"accept_language"`
	FirstAccessedAt    *int64 `json:"first_accessed_at"`
	PercentageObtained string `json:"percentage_obtained"`
	HighestResolution  string `json:"highest_resolution"`
	StreamingOnly      string `json:"streaming_only"`
}

// parent are the columns that both tables take from the backtrace.
type parent struct {
	status, inputName, fileID, pipelineID, userID, applicationID, jobID []string
	created                                                             []time.Time
}

func (p *parent) add(b *backtrace, created time.Time) {
	p.status = append(p.status, b.Status)
	p.inputName = append(p.inputName, b.Input.InputName)
	p.fileID = append(p.fileID, b.File.ID)
	p.pipelineID = append(p.pipelineID, b.Pipeline.ID)
	p.userID = append(p.userID, b.User.ID)
	p.applicationID = append(p.applicationID, b.Application.ID)
	p.jobID = append(p.jobID, b.Job.ID)
	p.created = append(p.created, created)
}

func (p *parent) columns() []any {
	return []any{p.status, p.inputName, p.fileID, p.pipelineID, p.userID, p.applicationID, p.jobID, p.created}
}

type extractedColumns struct {
	id, tag      []string
	index, count []uint32
	parent
}

func (c *extractedColumns) columns() []any {
	return append([]any{c.id, c.index, c.tag, c.count}, c.parent.columns()...)
}

type accessColumns struct {
	id, tag, address, country, kind, agent, language []string
	extractedIndex, accessIndex                      []uint32
	first                                            []*time.Time
	percentage                                       []*float64
	resolution                                       []*uint16
	streaming                                        []*bool
	parent
}

func (c *accessColumns) columns() []any {
	return append([]any{
		c.id, c.extractedIndex, c.accessIndex, c.tag, c.address, c.country, c.kind, c.agent, c.language,
		c.first, c.percentage, c.resolution, c.streaming,
	}, c.parent.columns()...)
}

func flatten(backtraces []backtrace) (e extractedColumns, c accessColumns) {
	for i := range backtraces {
		b := &backtraces[i]
		created := time.UnixMilli(b.CreatedAt)
		for j := range b.ExtractedData {
			data := &b.ExtractedData[j]
			e.id = append(e.id, b.ID)
			e.index = append(e.index, uint32(j))
			e.tag = append(e.tag, data.AutographTag)
			e.count = append(e.count, uint32(len(data.AccessStats)))
			e.parent.add(b, created)
			for k := range data.AccessStats {
				c.add(&data.AccessStats[k], uint32(j), uint32(k), data.AutographTag, b.ID)
				c.parent.add(b, created)
			}
		}
	}
	return e, c
}

func (c *accessColumns) add(a *access, extractedIndex, accessIndex uint32, tag, id string) {
	c.id = append(c.id, id)
	c.extractedIndex = append(c.extractedIndex, extractedIndex)
	c.accessIndex = append(c.accessIndex, accessIndex)
	c.tag = append(c.tag, tag)
	c.address = append(c.address, text(a.IPAddress))
	c.country = append(c.country, text(a.IPCountry))
	c.kind = append(c.kind, text(a.IPType))
	c.agent = append(c.agent, text(a.UserAgent))
	c.language = append(c.language, text(a.AcceptLanguage))
	c.first = append(c.first, moment(a.FirstAccessedAt))
	c.percentage = append(c.percentage, percent(a.PercentageObtained))
	c.resolution = append(c.resolution, lines(a.HighestResolution))
	c.streaming = append(c.streaming, yesNo(a.StreamingOnly))
}

func text(value string) string {
	if value == "N/A" {
		return ""
	}
	return value
}

func moment(millis *int64) *time.Time {
	if millis == nil {
		return nil
	}
	return new(time.UnixMilli(*millis))
}

func percent(value string) *float64 {
	share, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
	if err != nil {
		return nil
	}
	return &share
}

func lines(value string) *uint16 {
	count, err := strconv.ParseUint(strings.TrimSuffix(value, "p"), 10, 16)
	if err != nil {
		return nil
	}
	return new(uint16(count))
}

func yesNo(value string) *bool {
	switch value {
	case "yes":
		return new(true)
	case "no":
		return new(false)
	}
	return nil
}
