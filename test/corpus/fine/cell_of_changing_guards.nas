nas 1

space guards(c = 8) {
  input x: image[8, 8, 1]
  let a = x |> conv(c, 3) |> normal(c)
  output a |> max_pool(2, 2) |> normal(c) |> classifier(10)
}
normal cell normal(x; c) = x |> choose op { conv_3: relu_conv(c, 3), conv_7: relu_conv(c, 7) }
