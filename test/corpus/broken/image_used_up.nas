nas 1
// The fourth pool meets a single pixel.

space pooled(c = 8) {
  input x: image[8, 8, 1]
  output x |> repeat choose depth 1..4 { layer(c) } |> classifier(10)
}
motif layer(x; c) = x |> conv(c, 3) |> max_pool(2, 2)
