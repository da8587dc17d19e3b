package schema_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"syncer/internal/embedded/embeddedtest"
	"syncer/schema"
)

// authority issues certificates, and keeps all in PEM files.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca"}, IsCA: true, BasicConstraintsValid: true}
	a.cert, a.key = a.issue(t, "ca", template)
	return a
}

// issue signs a certificate, by itself if it is the first.
func (a *authority) issue(t *testing.T, name string, template x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = &template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a.file(name+".crt"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, a.file(name+".key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	return cert, key
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// secure puts TLS before an address: for clickhouse.example, and for those whom
// the authority knows.
func (a *authority) secure(t *testing.T, address string) string {
	t.Helper()
	a.issue(t, "server", x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{"clickhouse.example"}})
	pair, err := tls.LoadX509KeyPair(a.file("server.crt"), a.file("server.key"))
	if err != nil {
		t.Fatal(err)
	}
	known := x509.NewCertPool()
	known.AddCert(a.cert)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: known,
	})
	if err != nil {
		t.Fatal(err)
	}
	embeddedtest.Relay(t, listener, address)
	return listener.Addr().String()
}

// With either protocol a connection is made only to the server that was meant,
// and shows the client certificate that the files hold by then.
func TestTLS(t *testing.T) {
	t.Parallel()
	engine := guarded(t, "pw") // over HTTPS a user without one would be known by the certificate
	ca := newAuthority(t)
	ca.issue(t, "client", x509.Certificate{SerialNumber: big.NewInt(3), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	stranger := newAuthority(t)
	stranger.issue(t, "client", x509.Certificate{SerialNumber: big.NewInt(3)})
	for scheme, address := range map[string]string{
		"clickhouse": ca.secure(t, engine.TCPAddr()),
		"https":      ca.secure(t, engine.HTTPAddr()),
	} {
		for _, c := range []struct {
			name, query, ca, client string
			refused                 string // "" if it is not
		}{
			{name: "right", query: "tls_server_name=clickhouse.example", ca: ca.file("ca.crt"), client: ca.file("client")},
			{name: "nobody looks", query: "skip_verify=true", client: ca.file("client")},
			{name: "unknown authority", query: "tls_server_name=clickhouse.example", client: ca.file("client"), refused: "unknown authority"},
			{name: "other name", query: "tls_server_name=other.example", ca: ca.file("ca.crt"), client: ca.file("client"), refused: "not other.example"},
			{name: "no name", ca: ca.file("ca.crt"), client: ca.file("client"), refused: "127.0.0.1"},
			{name: "no client certificate", query: "skip_verify=true", refused: "certificate required"},
			{name: "a stranger's client certificate", query: "skip_verify=true", client: stranger.file("client"), refused: "unknown certificate authority"},
		} {
			t.Run(scheme+" "+c.name, func(t *testing.T) {
				target, err := schema.ParseDSN(fmt.Sprintf("%s://syncer:pw@%s/default?secure=true&%s", scheme, address, c.query))
				if err != nil {
					t.Fatal(err)
				}
				if c.ca != "" {
					if err := schema.UseCAFile(target, c.ca); err != nil {
						t.Fatal(err)
					}
				}
				if c.client != "" {
					if err := schema.UseCertificate(target, c.client+".crt", c.client+".key"); err != nil {
						t.Fatal(err)
					}
				}
				mirror, err := schema.Open(t.Context(), schema.Options{ClickHouse: target})
				if err == nil {
					defer func() { _ = mirror.Close() }()
					err = mirror.Conn().Exec(t.Context(), "SELECT 1")
				}
				if c.refused == "" && err != nil || c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)) {
					t.Errorf("want an error with %q, got %v", c.refused, err)
				}
			})
		}
	}
}

// A client certificate that was renewed on disk is what the next connection shows.
func TestCertificateIsReadAgain(t *testing.T) {
	ca := newAuthority(t)
	ca.issue(t, "client", x509.Certificate{SerialNumber: big.NewInt(7)})
	target, err := schema.ParseDSN("clickhouse://host:9440/xvid?secure=true")
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.UseCertificate(target, ca.file("client.crt"), ca.file("client.key")); err != nil {
		t.Fatal(err)
	}
	ca.issue(t, "client", x509.Certificate{SerialNumber: big.NewInt(8)})
	shown, err := target.TLS.GetClientCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if parsed, err := x509.ParseCertificate(shown.Certificate[0]); err != nil || parsed.SerialNumber.Int64() != 8 {
		t.Errorf("got the certificate %v, error %v; want the new one", parsed.SerialNumber, err)
	}
}

// Of several hosts, the first that answers serves; one that is silent costs its
// time and no more.
func TestSeveralHosts(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	target := options(t)
	target.ClickHouse.Addr = append([]string{silent.Addr().String(), gone.Addr().String()}, target.ClickHouse.Addr...)
	target.ClickHouse.DialTimeout = time.Second
	if _, err := schema.Migrate(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, target).Counts(t.Context()); err != nil {
		t.Error(err)
	}
}
