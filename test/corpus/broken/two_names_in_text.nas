nas 1
// Two choices are given the same name.

space named {
  input x: image[8, 8, 1]
  let a = x |> conv(16, choose k {3, 5}) |> relu |> conv(16, choose k {1, 3})
  output a |> classifier(10)
}
