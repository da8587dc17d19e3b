// Package countries is the list of countries and of their names: what the mirror's
// relations countries and country_names hold. The list is made by `make countries`
// from other people's well-kept data (generate.mjs) and not written by hand.
package countries

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	stdsync "sync"
)

// Version of the list and of the rules by which names are compared. It goes up with
// every change of countries.csv: mirrors with a lower one take the list anew.
const Version = 1

//go:embed countries.csv
var list string

// Country is an entry of ISO 3166-1, or Kosovo.
type Country struct {
	Alpha2    string
	Alpha3    string
	Name      string // common English name
	Region    string
	Subregion string // "" if the region is not divided
	Latitude  float64
	Longitude float64
	// Names are all by which it is known. No two countries share one, be it in
	// another case or without accents.
	Names []string
}

// All gives the countries in order of their codes.
var All = stdsync.OnceValues(parse)

func parse() ([]Country, error) {
	records, err := csv.NewReader(strings.NewReader(list)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the list of countries: %w", err)
	}
	countries := make([]Country, 0, len(records))
	for _, record := range records[1:] { // the first has the columns' names
		country := Country{
			Alpha2: record[0], Alpha3: record[1], Name: record[2], Region: record[3], Subregion: record[4],
			Names: strings.Split(record[7], "|"),
		}
		if country.Latitude, err = strconv.ParseFloat(record[5], 64); err == nil {
			country.Longitude, err = strconv.ParseFloat(record[6], 64)
		}
		if err != nil {
			return nil, fmt.Errorf("read the list of countries: %s: %w", country.Alpha2, err)
		}
		countries = append(countries, country)
	}
	return countries, nil
}
