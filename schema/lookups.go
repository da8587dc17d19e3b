package schema

import (
	"context"

	"syncer/internal/countries"
	"syncer/internal/device"
)

// FillLookups brings up to date what accesses are looked up in: the list of
// countries where it is older than this program's, and the user agents that were not
// parsed yet. Agents are sought where rows may be new, or the parser is. It says
// whether it may have written anything, even if it failed: the flat tables must be
// refreshed then. Of two processes that do it at once, the newer program's lists count.
func (m *Mirror) FillLookups(ctx context.Context, newRows bool) (filled bool, err error) {
	held, err := m.lookupVersions(ctx)
	if err != nil {
		return false, err
	}
	if held.Countries < countries.Version {
		if err := m.storeCountries(ctx); err != nil {
			return true, err
		}
		filled = true
	}
	if newRows || held.Agents < device.Version {
		added, err := m.parseAgents(ctx)
		return filled || added, err
	}
	return filled, nil
}

// UnmappedCountries counts the names of countries that are in no list.
func (m *Mirror) UnmappedCountries(ctx context.Context) (count uint64, err error) {
	err = m.retry(ctx, "count countries without a code", func(ctx context.Context) error {
		return m.conn.QueryRow(ctx, "SELECT uniqExact(ip_country) FROM access_stats WHERE ip_country_code = '' AND ip_country != ''").Scan(&count)
	})
	return count, err
}

// lookupVersions are those of what the mirror holds, 0 if it holds nothing.
type lookupVersions struct {
	Countries uint32 `ch:"countries"`
	Agents    uint32 `ch:"agents"`
}

func (m *Mirror) lookupVersions(ctx context.Context) (held lookupVersions, err error) {
	err = m.retry(ctx, "read the versions of the lookups", func(ctx context.Context) error {
		// The names are written after the countries.
		return m.conn.QueryRow(ctx, `SELECT (SELECT max(version) FROM country_names_store) AS countries,
			(SELECT max(version) FROM user_agents_store) AS agents`).ScanStruct(&held)
	})
	return held, err
}

// storeCountries stores the list, of which the views show the newest version only.
func (m *Mirror) storeCountries(ctx context.Context) error {
	all, err := countries.All()
	if err != nil {
		return err
	}
	version := uint32(countries.Version)
	var entries, names [][]any
	for _, c := range all {
		entries = append(entries, []any{c.Alpha2, c.Alpha3, c.Name, c.Region, c.Subregion, c.Latitude, c.Longitude, version})
		for _, name := range c.Names {
			names = append(names, []any{name, c.Alpha2, version})
		}
	}
	err = m.insertRows(ctx, "store the countries", `INSERT INTO countries_store
		(country_code, country_code3, name, region, subregion, latitude, longitude, version)`, entries)
	if err != nil {
		return err
	}
	return m.insertRows(ctx, "store the names of countries", "INSERT INTO country_names_store (name, country_code, version)", names)
}

// insertRows inserts rows in one block.
func (m *Mirror) insertRows(ctx context.Context, what, statement string, rows [][]any) error {
	return m.retry(ctx, what, func(ctx context.Context) error {
		batch, err := m.conn.PrepareBatch(ctx, statement)
		if err != nil {
			return err
		}
		defer func() { _ = batch.Close() }() // after Send it has nothing left to say
		for _, row := range rows {
			if err := batch.Append(row...); err != nil {
				return err
			}
		}
		return batch.Send()
	})
}

// agentBatch bounds the agents held in memory, of each of which device.MaxLength
// bytes at most are read.
const agentBatch = 5000

// unparsedAgent is a user agent that the truth holds and the lookup does not.
type unparsedAgent struct {
	Hash uint64 `ch:"agent_hash"`
	Text string `ch:"text"`
}

// parseAgents parses each user agent that this version of the parser has not met.
// Superseded readings take part, which does no harm and is faster.
func (m *Mirror) parseAgents(ctx context.Context) (added bool, err error) {
	err = m.retry(ctx, "parse new user agents", func(ctx context.Context) (err error) {
		rows, err := m.conn.Query(ctx, `SELECT sipHash64(agent) AS agent_hash, substring(agent, 1, ?) AS text
			FROM (SELECT DISTINCT arrayJoin(`+"`access.user_agent`"+`) AS agent FROM backtraces_store)
			WHERE agent != '' AND agent_hash GLOBAL NOT IN (SELECT agent_hash FROM user_agents_store WHERE version >= ?)`,
			device.MaxLength, device.Version)
		if err != nil {
			return err
		}
		defer func() { err = closeRows(rows, err) }()
		var agents []unparsedAgent
		for rows.Next() {
			var agent unparsedAgent
			if err := rows.ScanStruct(&agent); err != nil {
				return err
			}
			if agents = append(agents, agent); len(agents) == agentBatch {
				added = true
				if err := m.storeAgents(ctx, agents); err != nil {
					return err
				}
				agents = agents[:0]
			}
		}
		added = added || len(agents) > 0
		return m.storeAgents(ctx, agents)
	})
	return added, err
}

func (m *Mirror) storeAgents(ctx context.Context, agents []unparsedAgent) error {
	rows := make([][]any, 0, len(agents))
	for _, agent := range agents {
		parsed := device.Parse(agent.Text)
		rows = append(rows, []any{agent.Hash, parsed.Browser, parsed.OperatingSystem, string(parsed.Kind), uint32(device.Version)})
	}
	if len(rows) == 0 {
		return nil
	}
	return m.insertRows(ctx, "store parsed user agents", `INSERT INTO user_agents_store
		(agent_hash, browser, operating_system, device_kind, version)`, rows)
}
