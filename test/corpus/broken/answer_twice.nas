nas 1
// One decision, two answers.

space tiny(c = 8) {
  input x: image[8, 8, 1]
  output x |> choose op { conv_3: conv(c, 3), conv_5: conv(c, 5) } |> classifier(10)
}
architecture best of tiny {
  op = conv_3
  op = conv_5
}
