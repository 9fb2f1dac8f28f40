nas 1

space headless {
  input x: image[28, 28, 1]
  let features = x |> conv(choose {16, 32}, 3) |> global_avg_pool
  output features |> dense(10)
}
