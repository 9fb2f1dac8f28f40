nas 1

space stages(c = 8) {
  input x: image[32, 32, 3]
  let first = x |> conv(c, 3) |> stage(c, 1)
  let second = first |> stage(choose width {8, 16}, 2)
  output second |> classifier(10)
}

motif stage(x; c, stride) = x |> for i in 1..2 { block(c, if i == 1 then stride else 1) }

motif block(x; c, stride) {
  let y = x |> relu_conv(c, k: choose {3, 5}, stride: stride)
  let skip = if channels(x) == c and stride == 1 then x else x |> conv(c, 1, stride)
  skip + y
}
