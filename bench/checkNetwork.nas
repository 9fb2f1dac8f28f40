nas 1

/// The check network: other frameworks train it too, so its losses are known and its speed can be compared.
space check() {
  input x: image[16, 16, 3]
  let first  = x |> conv(16, 3) |> batch_norm |> relu
  let second = first |> conv(32, 3, stride: 2, padding: same_upper) |> batch_norm |> relu
  let third  = second |> conv(32, 3)
  output third |> global_avg_pool |> dense(10)
}
