package report

// placed gives the place of each country's name, as the source writes it, that has
// one. Names without a place are shown in the table, and told under the map.
const placed = `
SELECT name, code, longitude, latitude
FROM
(
    SELECT DISTINCT toString(ip_country) AS name, ip_country_code AS code
    FROM access_stats
    WHERE ip_country_code != ''
) AS named
INNER JOIN countries ON country_code = code
ORDER BY name`

func (q *questions) places() *answer { return q.run("places of countries", placed, nil) }
