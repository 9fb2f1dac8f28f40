nas 1

space nested(c = 8) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> normal(c, 2) |> classifier(10)
}
normal cell normal(x; c, depth) = x |> repeat depth { relu_conv(c, choose k {3, 5}) }
