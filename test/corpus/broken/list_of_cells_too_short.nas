nas 1
// Six cells are declared, the seventh is used.

space banks(c = 4) {
  input x: image[8, 8, 1]
  output x |> conv(c, 3) |> m[6](c) |> classifier(10)
}
normal cell m[6](x; c) = x |> choose op { conv_3: relu_conv(c, 3), skip: identity }
