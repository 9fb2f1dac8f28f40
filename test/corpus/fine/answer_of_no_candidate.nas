nas 1

space cellular(c = 4) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> normal(c) |> classifier(10)
}
normal cell normal(x; c) {
  let (s0, s1) = (x |> relu_conv(c, 1), x |> relu_conv(c, 3))
  nodes n[2] = add(h |> choose { conv: conv(c, 3), skip: identity } for h in choose 2 from [s0, s1, ...n])
  concat(n)
}
architecture best of cellular { normal.n = [{s0: conv, s1: skip}, {s0: conv, n[0]: skip}] }
