nas 1

space pooled(c = 8) {
  input x: image[8, 8, 1]
  output x |> repeat choose depth 1..3 { layer(c) } |> classifier(10)
}
motif layer(x; c) = x |> conv(c, 3) |> max_pool(2, 2)
