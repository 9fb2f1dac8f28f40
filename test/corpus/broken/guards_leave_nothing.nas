nas 1
// Every alternative has a condition, and at the third pool none of them holds.

space pools {
  input x: image[8, 8, 1]
  output x |> conv(8, 3) |> repeat choose depth 1..3 { down() } |> classifier(10)
}

motif down(x) = x |> choose { max when height(x) > 3: max_pool(3, 2), avg when height(x) > 3: avg_pool(2, 2) }
