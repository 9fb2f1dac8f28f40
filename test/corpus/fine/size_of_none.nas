nas 1
// Where the branch is none its height is 0.

space sizes {
  input x: image[4, 4, 4]
  let branch = x |> choose way { keep: relu, shrink: max_pool(2, 2), nothing: none }
  output x |> conv(height(branch) + 1, 1) |> global_avg_pool |> dense(2)
}
