nas 1
// A node cannot have three different inputs where there are two.

space cell_like(c = 8) {
  input x: image[8, 8, 1]
  let s0 = x |> conv(c, 3)
  let s1 = x |> conv(c, 5)
  output add(choose 3 from [s0, s1]) |> classifier(10)
}
