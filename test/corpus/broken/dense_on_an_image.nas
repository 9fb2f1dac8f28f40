nas 1
// The image was not pooled.

space heads {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> dense(10)
}
