// Package xvidtest is a fake of the AutoGraph backtraces API: faithful to its
// document, fast enough to serve a million records, and able to misbehave.
//
// A [World] holds the records and the clock; a [Server] answers for it over
// HTTP, and goes wrong on request ([Server.OnRequest], [Fault]); [Generate]
// makes records, [Samples] are the document's own. The package knows nothing of
// the client in internal/xvid, so that neither can repeat the other's error.
//
// Where the document is silent the fake decides: a limit above 5000 is served as
// 5000; a key without a value is null, and left out unless show_null=true; without
// human=true, percentages, resolutions and yes/no are numbers and booleans; a list
// without a sort is in the order of its ids; the tag filter minds letter case.
package xvidtest
