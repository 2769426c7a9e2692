#!/bin/sh
# image: rust
cat >main.rs <<'RUST'
use std::thread;
fn main() {
    let sum: u64 = (0..4).map(|n| thread::spawn(move || (n * 1000..(n + 1) * 1000).sum::<u64>())).map(|t| t.join().unwrap()).sum();
    println!("{}", sum);
}
RUST
rustc -O main.rs && ./main
