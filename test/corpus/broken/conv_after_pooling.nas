nas 1
// The image is a vector already.

space heads {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> global_avg_pool |> conv(10, 1)
}
