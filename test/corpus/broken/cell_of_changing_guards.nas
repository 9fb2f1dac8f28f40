nas 1
// At the second use of the cell the image is too small for one alternative.

space guards(c = 8) {
  input x: image[8, 8, 1]
  let a = x |> conv(c, 3) |> normal(c)
  output a |> max_pool(2, 2) |> normal(c) |> classifier(10)
}
normal cell normal(x; c) = x |> choose op { conv_3: relu_conv(c, 3), conv_7 when height(x) > 4: relu_conv(c, 7) }
