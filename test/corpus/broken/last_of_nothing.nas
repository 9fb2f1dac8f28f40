nas 1
// There are no nodes yet when the first one is built.

space lists(c = 8) {
  input x: image[8, 8, 1]
  nodes n[3] = last(n) |> conv(c, choose k {3, 5})
  output last(n) |> classifier(10)
}
