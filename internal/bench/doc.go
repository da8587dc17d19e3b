// Command bench runs syncer and what people would use instead in turn, over the same
// source and the same engine, checks that all load the same rows, and prints what
// each took: `make bench`. See docs/performance.md.
package main
