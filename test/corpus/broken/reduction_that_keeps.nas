nas 1
// The reduction cell forgets to use its stride in one operation.

space cells(c = 8) {
  input x: image[16, 16, 3]
  output x |> conv(c, 3) |> reduce(2 * c) |> classifier(10)
}

reduction cell reduce(x; c) = x |> choose op {
  sep_3: sep_conv(c, 3, stride: 2)
  conv_3: relu_conv(c, 3)
}
