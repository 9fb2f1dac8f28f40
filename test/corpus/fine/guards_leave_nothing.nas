nas 1

space pools {
  input x: image[8, 8, 1]
  output x |> conv(8, 3) |> repeat choose depth 1..3 { down() } |> classifier(10)
}

motif down(x) = x |> choose { max when height(x) > 3: max_pool(3, 2), stay: identity }
