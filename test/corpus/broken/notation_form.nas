nas 1
// Bits belong to a subset.

space tiny {
  input x: image[8, 8, 1]
  output x |> conv(choose f {8, 16}, 3) |> classifier(10)
}
notation short of tiny "{f:bits}"
