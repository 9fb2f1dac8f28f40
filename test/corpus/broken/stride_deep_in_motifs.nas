nas 1
// The skip of a block asks for its width alone: the first block of the second stage halves the image and keeps the width.

space stages(c = 8) {
  input x: image[32, 32, 3]
  let first = x |> conv(c, 3) |> stage(c, 1)
  let second = first |> stage(choose width {8, 16}, 2)
  output second |> classifier(10)
}

motif stage(x; c, stride) = x |> for i in 1..2 { block(c, if i == 1 then stride else 1) }

motif block(x; c, stride) {
  let y = x |> relu_conv(c, k: choose {3, 5}, stride: stride)
  let skip = if channels(x) == c then x else x |> conv(c, 1, stride)
  skip + y
}
