nas 1

space counted(c = 8) {
  input x: image[8, 8, 1]
  output x |> repeat 3 { layer(c) } |> classifier(10)
  require count(op == conv_5) >= 1
}

motif layer(x; c) = x |> choose op { conv_3: relu_conv(c, 3), conv_5: relu_conv(c, 5) }
