nas 1

space sizes {
  input x: image[8, 8, 1]
  let y = x |> conv(choose {8, 16}, 3) |> global_avg_pool
  output y |> dense(channels(y))
}
