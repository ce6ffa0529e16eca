// Package db is the one door to the clinics' rows. Store hides the pool; what gets through it is a
// fenced transaction, opened for one clinic with a context signed for one connection, in which every
// statement names tenant_id and PostgreSQL repeats the question by row security.
//
// The generated methods (*.sql.go) come from the folder queries.
package db
