nas 1

space lists(c = 8) {
  input x: image[8, 8, 1]
  nodes n[3] = last([x, ...n]) |> conv(c, choose k {3, 5})
  output last(n) |> classifier(10)
}
