nas 1
// The space cannot be compiled by itself.

space open(c) {
  input x: image[8, 8, 1]
  output x |> conv(c, choose k {3, 5}) |> classifier(10)
}
