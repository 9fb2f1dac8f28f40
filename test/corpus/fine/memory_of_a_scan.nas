nas 1
// What memory a network needs is asked of each architecture.

space memory {
  input x: image[8, 8, 1]
  output x |> conv(choose {8, 16}, 3) |> classifier(10)
  require peak_memory <= 1M
}
