nas 1
// With no node there is no last one.

space lists(c = 8) {
  input x: image[8, 8, 1]
  let count = choose 0..2
  nodes n[count] = last([x, ...n]) |> conv(c, choose k {3, 5})
  output last(n) |> classifier(10)
}
