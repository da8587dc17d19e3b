package main

import (
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded"
	"syncer/schema"
)

// userGrants are what each user of a server is granted, by name.
type userGrants map[string][]schema.Grant

// startGuarded starts an engine that grants its users so much and no more.
func startGuarded(t *testing.T, users userGrants) *embedded.Engine {
	t.Helper()
	dir := t.TempDir()
	configFile := filepath.Join(dir, "config.xml")
	if err := os.WriteFile(configFile, []byte("<clickhouse>"+users.config(t)+"</clickhouse>"), 0o600); err != nil {
		t.Fatal(err)
	}
	engine, err := embedded.Start(t.Context(), embedded.Options{DataDir: filepath.Join(dir, "data"), ConfigFile: configFile})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Kill() }) // its data is thrown away
	return engine
}

// config is what makes an engine grant that and no more, as strict as a server can be.
//
// Users come from its configuration: clickhouse-local (26.7) stores none that are
// made by SQL, and takes no user_directories.
func (users userGrants) config(t *testing.T) string {
	t.Helper()
	const rest = "<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>"
	var list strings.Builder
	for user, grants := range users {
		fmt.Fprintf(&list, "<%s><password>pw</password>%s<grants>", user, rest)
		for _, grant := range grants {
			list.WriteString("<query>GRANT ")
			if err := xml.EscapeText(&list, []byte(grant.String())); err != nil {
				t.Fatal(err)
			}
			list.WriteString("</query>")
		}
		fmt.Fprintf(&list, "</grants></%s>", user)
	}
	file := filepath.Join(t.TempDir(), "users.xml")
	content := "<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default><password/>" +
		rest + "</default>" + list.String() + "</users></clickhouse>"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return "<users_config>" + file + `</users_config><access_control_improvements>
		<select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
		<table_engines_require_grant>true</table_engines_require_grant>
	</access_control_improvements>`
}

// as is the environment of a command that connects as a user. Over HTTP: a
// refusal over the native protocol makes the embedded engine (26.7) abort.
func (p *program) as(engine *embedded.Engine, user, migrate string) map[string]string {
	env := maps.Clone(p.env)
	env["CLICKHOUSE_URL"] = fmt.Sprintf("http://%s:pw@%s/xvid", user, engine.HTTPAddr())
	env["CLICKHOUSE_MIGRATE"] = migrate
	return env
}

// Each command works with what docs/privileges.md grants for it, and `syncer
// check` names whatever is taken away from that.
func TestLeastPrivilege(t *testing.T) {
	t.Parallel()
	layout := schema.Layout{Kind: schema.Single, Database: "xvid", Definer: "migrator"}
	migrates, syncs, reads := must(layout.MigrateGrants())(t), must(layout.SyncGrants())(t), must(layout.ReaderGrants())(t)
	users := userGrants{"migrator": migrates, "syncer": syncs, "reader": reads, "both": slices.Concat(syncs, migrates)}
	type lacking struct {
		grant   schema.Grant
		migrate string
	}
	forgets := layout.ForgetGrants()
	users["forgetter"] = forgets
	for i := range forgets {
		users[fmt.Sprintf("forgets_without_%d", i)] = slices.Delete(slices.Clone(forgets), i, i+1)
	}
	lack := map[string]lacking{}
	for migrate, grants := range map[string][]schema.Grant{"false": syncs, "true": migrates} {
		all := users[map[string]string{"false": "syncer", "true": "both"}[migrate]]
		for i, grant := range grants {
			user := fmt.Sprintf("lacks_%s_%d", migrate, i)
			lack[user] = lacking{grant, migrate}
			users[user] = slices.DeleteFunc(slices.Clone(all), func(g schema.Grant) bool { return g == grant })
		}
	}
	engine := startGuarded(t, users)
	p := newProgram(t, 40)

	do := func(user string, args ...string) {
		t.Helper()
		if r := execute(t.Context(), p.as(engine, user, "false"), args...); r.code != exitOK {
			t.Fatalf("%s, %v: exit code %d\n%s%s", user, args, r.code, r.stdout, r.stderr)
		}
	}
	do("migrator", "migrate")
	do("syncer", "check")
	do("syncer", "once")
	do("syncer", "reconcile")
	do("syncer", "checkpoint", "set", "2026-01-01T00:00:00Z")
	do("syncer", "once")
	for _, user := range []string{"syncer", "reader"} {
		do(user, "status")
		do(user, "checkpoint", "show")
		do(user, "query", "leaks_by_country")
	}
	p.env = p.as(engine, "syncer", "false")
	p.equalSource(t)
	if r := execute(t.Context(), p.as(engine, "both", "true"), "check"); r.code != exitOK {
		t.Errorf("a user with all grants: %s", r.stdout)
	}
	for user, lost := range lack {
		r := execute(t.Context(), p.as(engine, user, lost.migrate), "check")
		if told := linesWith(r.stdout, "grants"); r.code != exitRefused || len(told) != 1 || !strings.Contains(told[0], lost.grant.String()) {
			t.Errorf("without %s: exit code %d, %q", lost.grant, r.code, told)
		}
	}
	readsOnly(t, p.mirror(t), p.as(engine, "reader", "false"), reads)
	t.Run("forget", func(t *testing.T) { p.forgetsWithLeast(t, engine, forgets) })
	t.Run("retention", func(t *testing.T) { p.retainsWithLeast(t, engine) })
}

// forgetsWithLeast erases a tag with just so many grants, and finds none of them
// idle: who lacks one is refused.
func (p *program) forgetsWithLeast(t *testing.T, engine *embedded.Engine, grants []schema.Grant) {
	t.Helper()
	for i := range len(grants) + 1 {
		p.insertTagged(100*i, 1, "tag "+text(i), time.Now())
	}
	p.once(t)
	// Else a merge may leave nothing that is to be deleted.
	admin := (&program{env: map[string]string{"CLICKHOUSE_URL": engine.DSN("xvid")}}).mirror(t).Conn()
	if err := admin.Exec(t.Context(), "SYSTEM STOP MERGES backtraces_store"); err != nil {
		t.Fatal(err)
	}
	for i, grant := range grants {
		r := execute(t.Context(), p.as(engine, fmt.Sprintf("forgets_without_%d", i), "false"), "forget", "--yes", "tag "+text(i))
		if r.code != exitRefused {
			t.Errorf("without %s: exit code %d\n%s%s", grant, r.code, r.stdout, r.stderr)
		}
	}
	if err := admin.Exec(t.Context(), "SYSTEM START MERGES backtraces_store"); err != nil {
		t.Fatal(err)
	}
	last := "tag " + text(len(grants))
	before := p.accessesUnder(t, last)
	r := execute(t.Context(), p.as(engine, "forgetter", "false"), "forget", "--yes", last)
	if after := p.accessesUnder(t, last); r.code != exitOK || before == 0 || after != 0 {
		t.Errorf("exit code %d, %d rows with the tag and then %d\n%s%s", r.code, before, after, r.stdout, r.stderr)
	}
	p.once(t) // as syncer, who may read the list of tags and not write it
	if after := p.accessesUnder(t, last); after != 0 {
		t.Errorf("%d rows with the tag after a run", after)
	}
}

// retainsWithLeast sets a retention as the user who migrates, and runs under it.
func (p *program) retainsWithLeast(t *testing.T, engine *embedded.Engine) {
	t.Helper()
	p.insertTagged(1_000_000, 1, "old", time.Now().Add(-100*24*time.Hour))
	p.mustExecute(t, "reconcile")
	if p.accessesUnder(t, "old") == 0 {
		t.Fatal("nothing is old")
	}
	env := p.as(engine, "migrator", "false")
	env["PRIVACY_RETENTION"] = "95d"
	if r := execute(t.Context(), env, "migrate"); r.code != exitOK || !strings.Contains(r.stdout, "retention") {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	p.env["PRIVACY_RETENTION"] = "95d"
	p.once(t)
	p.mustExecute(t, "reconcile")
	for deadline := time.Now().Add(patience); p.accessesUnder(t, "old") > 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d rows past the retention", p.accessesUnder(t, "old"))
		}
	}
}

// readsOnly tries every relation of the database as a reader.
func readsOnly(t *testing.T, admin *schema.Mirror, env map[string]string, granted []schema.Grant) {
	t.Helper()
	var all []struct {
		Name string `ch:"name"`
	}
	if err := admin.Conn().Select(t.Context(), &all, "SELECT name FROM system.tables WHERE database = currentDatabase()"); err != nil {
		t.Fatal(err)
	}
	p := &program{env: env}
	reader := p.mirror(t)
	read := 0
	for _, relation := range all {
		may := slices.Contains(granted, schema.Grant{Privilege: "SELECT", On: "`xvid`." + relation.Name})
		err := reader.Conn().Exec(t.Context(), "SELECT * FROM `"+relation.Name+"` FORMAT Null")
		if (err == nil) != may {
			t.Errorf("a reader and %s: %v", relation.Name, err)
		}
		if err == nil {
			read++
		}
		if err := reader.Conn().Exec(t.Context(), "INSERT INTO `"+relation.Name+"` SELECT * FROM `"+relation.Name+"`"); err == nil {
			t.Errorf("a reader wrote to %s", relation.Name)
		}
	}
	if read != len(granted) {
		t.Errorf("a reader read %d relations of %d", read, len(granted))
	}
}

func must(grants []schema.Grant, err error) func(*testing.T) []schema.Grant {
	return func(t *testing.T) []schema.Grant {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return grants
	}
}
