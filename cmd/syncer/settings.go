package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/robfig/cron/v3"
	"github.com/sethvargo/go-envconfig"

	"syncer/internal/metrics"
	"syncer/internal/privacy"
	"syncer/internal/xvid"
	"syncer/schema"
)

// environment is what the process is told, as text: a value that cannot be
// parsed must not keep the other ones from being named.
type environment struct {
	APIURL                  string `env:"XVID_API_URL, default=https://api.xvid.com/v1/titles/backtraces/"`
	APIToken                string `env:"XVID_API_TOKEN"`
	APITokenFile            string `env:"XVID_API_TOKEN_FILE"`
	ClickHouseURL           string `env:"CLICKHOUSE_URL"`
	ClickHousePasswordFile  string `env:"CLICKHOUSE_PASSWORD_FILE"`
	ClickHouseCAFile        string `env:"CLICKHOUSE_CA_FILE"`
	ClickHouseCertFile      string `env:"CLICKHOUSE_CERT_FILE"`
	ClickHouseKeyFile       string `env:"CLICKHOUSE_KEY_FILE"`
	ClickHouseCluster       string `env:"CLICKHOUSE_CLUSTER"`
	ClickHouseMigrate       string `env:"CLICKHOUSE_MIGRATE, default=true"`
	Schedule                string `env:"SYNC_SCHEDULE, default=*/5 * * * *"`
	ReconcileSchedule       string `env:"SYNC_RECONCILE_SCHEDULE, default=30 3 * * 0"`
	PageSize                string `env:"SYNC_PAGE_SIZE, default=5000"`
	Concurrency             string `env:"SYNC_CONCURRENCY, default=2"`
	Lookback                string `env:"SYNC_LOOKBACK, default=10m"`
	Timeout                 string `env:"SYNC_TIMEOUT, default=1h"`
	PendingMaxAge           string `env:"SYNC_PENDING_MAX_AGE, default=168h"`
	MaxDeletePercent        string `env:"SYNC_MAX_DELETE_PERCENT, default=20"`
	DataDir                 string `env:"SYNC_DATA_DIR, default=./data"`
	MetricsAddr             string `env:"METRICS_ADDR"`
	MetricsPushURL          string `env:"METRICS_PUSH_URL"`
	MetricsPushPasswordFile string `env:"METRICS_PUSH_PASSWORD_FILE"`
	PrivacyIP               string `env:"PRIVACY_IP, default=keep"`
	PrivacyIPKey            string `env:"PRIVACY_IP_KEY"`
	PrivacyIPKeyFile        string `env:"PRIVACY_IP_KEY_FILE"`
	PrivacyRetention        string `env:"PRIVACY_RETENTION"`
	LogLevel                string `env:"LOG_LEVEL, default=info"`
	LogFormat               string `env:"LOG_FORMAT, default=auto"`
}

// settings are the environment, parsed.
type settings struct {
	apiURL            string // normalised; names the source in the mirror
	token             *xvid.Token
	clickHouse        *clickhouse.Options // nil: the embedded engine serves
	cluster           string              // "": the mirror is not spread over shards
	migrate           bool
	schedule          cron.Schedule
	reconcileSchedule cron.Schedule // nil: never
	pageSize          int
	concurrency       int
	lookback          time.Duration
	timeout           time.Duration
	pendingMaxAge     time.Duration
	maxDeletePercent  int
	dataDir           string
	metricsAddr       string           // "": no metrics are served
	metricsGateway    *metrics.Gateway // nil: none are pushed
	privacy           *privacy.Policy
	retention         time.Duration // 0: for ever
	logLevel          slog.Level
	logFormat         string
}

// settingsError names every wrong setting, none by a secret value.
type settingsError struct{ problems []string }

func (e *settingsError) Error() string {
	if len(e.problems) == 1 {
		return "wrong setting: " + e.problems[0]
	}
	return fmt.Sprintf("%d wrong settings:\n  %s", len(e.problems), strings.Join(e.problems, "\n  "))
}

func (e *settingsError) add(name, format string, args ...any) {
	e.problems = append(e.problems, name+" "+fmt.Sprintf(format, args...))
}

// loadSettings reads the environment. The token is read only where a command
// needs it.
func loadSettings(ctx context.Context, lookuper envconfig.Lookuper, needToken bool) (*settings, error) {
	var env environment
	err := envconfig.ProcessWith(ctx, &envconfig.Config{Target: &env, Lookuper: lookuper})
	if err != nil {
		return nil, fmt.Errorf("read the environment: %w", err)
	}
	p := &settingsParser{env: &env, lookuper: lookuper}
	parsed := p.parse(needToken)
	if len(p.wrong.problems) > 0 {
		return nil, &p.wrong
	}
	return parsed, nil
}

type settingsParser struct {
	env      *environment
	lookuper envconfig.Lookuper
	wrong    settingsError
}

func (p *settingsParser) parse(needToken bool) *settings {
	s := &settings{
		apiURL:           p.url(),
		clickHouse:       p.clickHouse(),
		cluster:          p.env.ClickHouseCluster,
		migrate:          parsed(p, "CLICKHOUSE_MIGRATE", p.env.ClickHouseMigrate, "true or false", strconv.ParseBool),
		schedule:         parsed(p, "SYNC_SCHEDULE", p.env.Schedule, "a cron schedule such as `*/5 * * * *` or `CRON_TZ=Europe/Berlin 0 6 * * *`", parseSchedule),
		pageSize:         p.integer("SYNC_PAGE_SIZE", p.env.PageSize, 1, xvid.MaxLimit),
		concurrency:      p.integer("SYNC_CONCURRENCY", p.env.Concurrency, 1, 32),
		lookback:         p.duration("SYNC_LOOKBACK", p.env.Lookback, 0),
		timeout:          p.duration("SYNC_TIMEOUT", p.env.Timeout, time.Second),
		pendingMaxAge:    p.duration("SYNC_PENDING_MAX_AGE", p.env.PendingMaxAge, 0),
		maxDeletePercent: p.integer("SYNC_MAX_DELETE_PERCENT", p.env.MaxDeletePercent, 0, 100),
		dataDir:          p.env.DataDir,
		metricsAddr:      p.metricsAddr(),
		metricsGateway:   p.metricsGateway(),
		privacy:          p.privacy(),
		retention:        p.retention(),
		logLevel:         parsed(p, "LOG_LEVEL", p.env.LogLevel, "debug, info, warn or error", parseLevel),
		logFormat:        parsed(p, "LOG_FORMAT", p.env.LogFormat, "auto, tint or json", parseFormat),
	}
	if p.env.ReconcileSchedule != never {
		s.reconcileSchedule = parsed(p, "SYNC_RECONCILE_SCHEDULE", p.env.ReconcileSchedule, "a cron schedule such as `30 3 * * 0`, or `never`", parseSchedule)
	}
	if s.dataDir == "" {
		p.wrong.add("SYNC_DATA_DIR", "is set but empty: name a directory")
	}
	if needToken {
		s.token = p.token()
	}
	return s
}

// parsed reads a setting that has one form.
func parsed[T any](p *settingsParser, name, text, form string, parse func(string) (T, error)) T {
	value, err := parse(text)
	if err != nil {
		p.wrong.add(name, "must be %s, not %q", form, text)
	}
	return value
}

func (p *settingsParser) integer(name, text string, least, most int) int {
	return parsed(p, name, text, fmt.Sprintf("a number from %d to %d", least, most), func(text string) (int, error) {
		value, err := strconv.Atoi(text)
		if err == nil && (value < least || value > most) {
			err = strconv.ErrRange
		}
		return value, err
	})
}

func (p *settingsParser) duration(name, text string, least time.Duration) time.Duration {
	return parsed(p, name, text, fmt.Sprintf("a duration of at least %s, such as 10m or 1h30m", least), func(text string) (time.Duration, error) {
		value, err := time.ParseDuration(text)
		if err == nil && value < least {
			err = strconv.ErrRange
		}
		return value, err
	})
}

// never is the reconcile schedule of a daemon that does not reconcile.
const never = "never"

func parseSchedule(text string) (cron.Schedule, error) {
	// robfig/cron v3.0.1 panics at a time zone with nothing behind it.
	if strings.Contains(text, "TZ=") && !strings.Contains(text, " ") {
		return nil, errors.New("only a time zone")
	}
	schedule, err := cron.ParseStandard(text)
	if err != nil {
		return nil, err
	}
	// Such as 30 February; any time serves to ask.
	if schedule.Next(time.Unix(0, 0)).IsZero() {
		return nil, errors.New("its time never comes")
	}
	return schedule, nil
}

func parseLevel(text string) (level slog.Level, err error) {
	err = level.UnmarshalText([]byte(text))
	return level, err
}

func parseFormat(text string) (string, error) {
	switch text {
	case formatAuto, formatTint, formatJSON:
		return text, nil
	}
	return "", errors.New("unknown format")
}

func (p *settingsParser) url() string {
	base, err := xvid.ParseURL(p.env.APIURL)
	if err != nil {
		p.wrong.add("XVID_API_URL", "is wrong: %v", err)
		return ""
	}
	return base.String()
}

func (p *settingsParser) token() *xvid.Token {
	var token *xvid.Token
	var err error
	switch {
	case p.env.APIToken != "" && p.env.APITokenFile != "":
		p.wrong.add("XVID_API_TOKEN", "and XVID_API_TOKEN_FILE are both set: set one")
	case p.env.APITokenFile != "":
		if token, err = xvid.FileToken(p.env.APITokenFile); err != nil {
			p.wrong.add("XVID_API_TOKEN_FILE", "is no help: %v", err)
		}
	case p.env.APIToken != "":
		if token, err = xvid.StaticToken(p.env.APIToken); err != nil {
			p.wrong.add("XVID_API_TOKEN", "is wrong: %v", err)
		}
	default:
		p.wrong.add("XVID_API_TOKEN", "(or XVID_API_TOKEN_FILE) is not set: it is the API's bearer token")
	}
	return token
}

// clickHouse reads the DSN and what belongs to it. Set but empty is wrong: in
// production it would mean a mirror inside the container, gone with it.
func (p *settingsParser) clickHouse() *clickhouse.Options {
	if _, set := p.lookuper.Lookup("CLICKHOUSE_URL"); !set {
		p.withoutClickHouse()
		return nil
	}
	options, err := schema.ParseDSN(p.env.ClickHouseURL)
	if err != nil {
		// The parser's own words may repeat parts of the DSN.
		p.wrong.add("CLICKHOUSE_URL", "must be a DSN such as clickhouse://user:password@host:9000/xvid (or http://…, https://…)")
		options = &clickhouse.Options{TLS: &tls.Config{}} // so that its files are looked at too
	}
	if p.env.ClickHouseCAFile != "" {
		if err := schema.UseCAFile(options, p.env.ClickHouseCAFile); err != nil {
			p.wrong.add("CLICKHOUSE_CA_FILE", "is no help: %v", err)
		}
	}
	if p.env.ClickHouseCertFile+p.env.ClickHouseKeyFile != "" {
		if err := schema.UseCertificate(options, p.env.ClickHouseCertFile, p.env.ClickHouseKeyFile); err != nil {
			p.wrong.add("CLICKHOUSE_CERT_FILE", "(with CLICKHOUSE_KEY_FILE) is no help: %v", err)
		}
	}
	if p.env.ClickHousePasswordFile != "" {
		if err := schema.UsePasswordFile(options, p.env.ClickHousePasswordFile); err != nil {
			p.wrong.add("CLICKHOUSE_PASSWORD_FILE", "is no help: %v", err)
		}
	}
	return options
}

// withoutClickHouse names the settings that mean nothing to the embedded engine.
func (p *settingsParser) withoutClickHouse() {
	for _, setting := range []struct{ name, value string }{
		{"CLICKHOUSE_PASSWORD_FILE", p.env.ClickHousePasswordFile},
		{"CLICKHOUSE_CA_FILE", p.env.ClickHouseCAFile},
		{"CLICKHOUSE_CERT_FILE", p.env.ClickHouseCertFile},
		{"CLICKHOUSE_KEY_FILE", p.env.ClickHouseKeyFile},
		{"CLICKHOUSE_CLUSTER", p.env.ClickHouseCluster},
	} {
		if setting.value != "" {
			p.wrong.add(setting.name, "is set, but CLICKHOUSE_URL is not")
		}
	}
}

// secretFile reads a file that holds a secret. The error does not name it: its
// path may be the secret, put into the wrong variable.
func (p *settingsParser) secretFile(name, path string) string {
	content, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		if failed, ok := errors.AsType[*os.PathError](err); ok {
			err = failed.Err
		}
		p.wrong.add(name, "is no help: read the file: %v", err)
	}
	return strings.TrimRight(string(content), "\r\n")
}

// privacy reads the policy. Its key is a secret, and no error repeats it.
func (p *settingsParser) privacy() *privacy.Policy {
	key := p.env.PrivacyIPKey
	if p.env.PrivacyIPKeyFile != "" {
		if key != "" {
			p.wrong.add("PRIVACY_IP_KEY", "and PRIVACY_IP_KEY_FILE are both set: set one")
		}
		key = p.secretFile("PRIVACY_IP_KEY_FILE", p.env.PrivacyIPKeyFile)
	}
	policy, err := privacy.New(privacy.Mode(p.env.PrivacyIP), []byte(key))
	if err != nil {
		p.wrong.add("PRIVACY_IP", "is wrong: %v", err)
	}
	return policy
}

// retention is a duration that may be given in days, since it is long.
func (p *settingsParser) retention() time.Duration {
	if p.env.PrivacyRetention == "" {
		return 0
	}
	const form = "a duration from 1h to 18250d, such as 365d or 8760h (unset: for ever)"
	return parsed(p, "PRIVACY_RETENTION", p.env.PrivacyRetention, form, func(text string) (keep time.Duration, err error) {
		if days, ok := strings.CutSuffix(text, "d"); ok {
			var number int
			number, err = strconv.Atoi(days)
			keep = time.Duration(min(number, 1<<15)) * 24 * time.Hour
		} else {
			keep, err = time.ParseDuration(text)
		}
		if err == nil && (keep < time.Hour || keep > schema.MaxRetention) {
			err = strconv.ErrRange
		}
		return keep.Truncate(time.Second), err
	})
}

func (p *settingsParser) metricsAddr() string {
	if p.env.MetricsAddr == "" {
		return ""
	}
	if _, port, err := net.SplitHostPort(p.env.MetricsAddr); err != nil || port == "" {
		p.wrong.add("METRICS_ADDR", "must be an address such as :9090 or 127.0.0.1:9090, not %q", p.env.MetricsAddr)
	}
	return p.env.MetricsAddr
}

func (p *settingsParser) metricsGateway() *metrics.Gateway {
	if p.env.MetricsPushURL == "" {
		if p.env.MetricsPushPasswordFile != "" {
			p.wrong.add("METRICS_PUSH_PASSWORD_FILE", "is set, but METRICS_PUSH_URL is not")
		}
		return nil
	}
	gateway, err := metrics.ParseGateway(p.env.MetricsPushURL)
	if err != nil {
		p.wrong.add("METRICS_PUSH_URL", "is wrong: %v", err)
		gateway = &metrics.Gateway{} // so that its file is looked at too
	}
	if p.env.MetricsPushPasswordFile != "" {
		gateway.SetPassword(p.secretFile("METRICS_PUSH_PASSWORD_FILE", p.env.MetricsPushPasswordFile))
	}
	return gateway
}
