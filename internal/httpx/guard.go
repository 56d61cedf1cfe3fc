package httpx

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// The limits of the network below a client.
const (
	dialTimeout = 10 * time.Second
	idleTimeout = 90 * time.Second
)

// guarded is a transport that looks at each address after it was resolved, so
// that no name can lead to where a connection has no business.
func guarded(private bool) http.RoundTripper {
	d := &net.Dialer{
		Timeout: dialTimeout,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return checkAddress(address, private)
		},
	}
	return &http.Transport{
		DialContext:           d.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   DefaultConcurrency,
		IdleConnTimeout:       idleTimeout,
		TLSHandshakeTimeout:   dialTimeout,
		ExpectContinueTimeout: time.Second,
	}
}

// shared is 100.64.0.0/10, the addresses inside a provider's network, where
// some clouds keep their metadata.
var shared = netip.MustParsePrefix("100.64.0.0/10")

func checkAddress(address string, private bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrAddress, address)
	}
	ip := ap.Addr().Unmap()
	switch {
	case ip.IsLinkLocalUnicast(), ip.IsLinkLocalMulticast(), ip.IsMulticast(), ip.IsUnspecified(), metadata[ip]:
		return fmt.Errorf("%w: %s", ErrAddress, ip)
	case !private && (ip.IsLoopback() || ip.IsPrivate() || shared.Contains(ip)):
		return fmt.Errorf("%w: %s is private; allow_private lets this connection reach it", ErrAddress, ip)
	}
	return nil
}

// metadata are addresses of cloud metadata services that are not link-local.
var metadata = map[netip.Addr]bool{
	netip.MustParseAddr("fd00:ec2::254"):   true,
	netip.MustParseAddr("100.100.100.200"): true,
}
