nas 1
// Two uses of one motif in one pipeline.

space chain {
  input x: image[8, 8, 1]
  output x |> layer() |> layer() |> classifier(10)
}

motif layer(x) = x |> conv(choose f {16, 24}, 3) |> relu
