nas 1
// A parameter is fixed when the space is compiled.

space open(c = choose {8, 16}) {
  input x: image[8, 8, 1]
  output x |> conv(c, choose k {3, 5}) |> classifier(10)
}
