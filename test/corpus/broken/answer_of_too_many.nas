nas 1
// A node takes two inputs, three are given.

space cellular(c = 4) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> normal(c) |> classifier(10)
}
normal cell normal(x; c) {
  let (s0, s1) = (x |> relu_conv(c, 1), x |> relu_conv(c, 3))
  nodes n[2] = add(h |> conv(c, 3) for h in choose 2 from [s0, s1, ...n])
  concat(n)
}
architecture best of cellular { normal.n = [[s0, s1], [s0, s1, n[0]]] }
