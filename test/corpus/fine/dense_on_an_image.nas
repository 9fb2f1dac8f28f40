nas 1

space heads {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> flatten |> dense(10)
}
