package countries

import (
	"crypto/sha256"
	"fmt"
	"testing"
)

// listOf says which list a version is: who changes countries.csv must raise Version,
// or mirrors keep the old one.
const (
	versionOfList = 1
	hashOfList    = "c649c240b37938a2c8317a46d2c5f7d9b2326223ded1c1ee71ead9b1d50b408a"
)

func TestVersion(t *testing.T) {
	if hash := fmt.Sprintf("%x", sha256.Sum256([]byte(list))); hash != hashOfList || Version != versionOfList {
		t.Errorf("countries.csv has the hash %s at version %d, want %s at %d: raise Version and note both here",
			hash, Version, hashOfList, versionOfList)
	}
}

func TestAll(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 250 {
		t.Errorf("%d countries, want ISO's 249 and Kosovo", len(all))
	}
	codes, names := map[string]bool{}, map[string]string{}
	for _, country := range all {
		if len(country.Alpha2) != 2 || len(country.Alpha3) != 3 || codes[country.Alpha2] || codes[country.Alpha3] {
			t.Errorf("%s: codes %q and %q", country.Name, country.Alpha2, country.Alpha3)
		}
		codes[country.Alpha2], codes[country.Alpha3] = true, true
		if country.Region == "" || country.Latitude < -90 || country.Latitude > 90 || country.Longitude < -180 || country.Longitude > 180 {
			t.Errorf("%s: region %q, centre %v, %v", country.Name, country.Region, country.Latitude, country.Longitude)
		}
		for _, name := range country.Names {
			if other, taken := names[name]; taken || name == "" {
				t.Errorf("%q is a name of %s and of %s", name, country.Alpha2, other)
			}
			names[name] = country.Alpha2
		}
	}
}
