package web

import "net/http"

// policy is the content security policy of ux.md section 8, tightened: scripts run by the nonce of
// this one answer, and only htmx's own policy may turn text into markup.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types htmx"
}

// setHeaders puts on every answer what keeps it private and inert.
func setHeaders(h http.Header, nonce string) {
	h.Set("Content-Security-Policy", policy(nonce))
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Cookie, HX-Request-Type")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()")
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
}
