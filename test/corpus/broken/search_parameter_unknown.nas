nas 1
// The space has no such parameter.

space colored(c = 8) {
  input x: image[8, 8, 1]
  output x |> conv(c, choose k {3, 5}) |> classifier(10)
}
search quick of colored(width: 16) { data digits(split: shuffled), budget 10 trials }
