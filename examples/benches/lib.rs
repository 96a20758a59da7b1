//! Nothing but a place for the benchmarks of whole programs, `submissions` and `portal`, which a package must have.
