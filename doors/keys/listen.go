package keys

import (
	"fmt"
	"net"
	"strings"
)

// CheckListen tells whether a server with these keys may listen at the
// address, which is host:port as configured or as a listener reports it.
// Beyond its own machine it needs keys; where they travel in the clear, with
// neither TLS nor a proxy that ends it, there is a warning.
func (r *Ring) CheckListen(address string, encrypted bool) (warning string, err error) {
	switch {
	case isLoopback(address):
		return "", nil
	case r.Empty():
		return "", fmt.Errorf("listen on %s: other machines could reach it and there are no keys; "+
			"listen on 127.0.0.1, or add a key (plumbline token new makes one)", address)
	case !encrypted:
		return fmt.Sprintf("API keys travel to %s unencrypted: give tls, or name the trusted proxy that ends it", address), nil
	}
	return "", nil
}

// isLoopback reports whether host:port, or a host alone, is this machine and
// cannot be another. No host at all means every address there is.
func isLoopback(address string) bool {
	host := address
	if h, _, err := net.SplitHostPort(address); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
