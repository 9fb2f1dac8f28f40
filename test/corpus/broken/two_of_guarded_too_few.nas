nas 1
// Where the stride is 2 there are not two operations.

space pairs(c = 8) {
  input x: image[8, 8, 1]
  let stride = choose {1, 2}
  let ops = choose 2 of {
    conv_3: relu_conv(c, 3, stride)
    conv_5 when stride == 1: relu_conv(c, 5)
    conv_1 when stride == 1: relu_conv(c, 1)
  }
  output add(x |> ops) |> classifier(10)
}
